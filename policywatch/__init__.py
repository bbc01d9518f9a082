"""The command line, which connects crawler, diffs and notifier."""
