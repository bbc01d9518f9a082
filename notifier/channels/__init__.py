"""The ways out: mail, chat, webhook."""
