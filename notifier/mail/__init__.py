"""The messages: digest, confirmation, the owner's mail. Pure."""
