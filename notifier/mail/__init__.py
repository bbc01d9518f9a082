"""The mails: digest and confirmation. Pure."""
