"""The long-running process: its loop, the timers of others, the web server."""
