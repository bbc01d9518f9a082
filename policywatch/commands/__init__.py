"""The commands, one module each, loaded when used. Each has `register(app)`."""
