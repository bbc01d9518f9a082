"""The ways to deliver a message: mail, chat, webhook."""
