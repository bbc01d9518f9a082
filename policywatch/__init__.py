"""The command line, which wires crawler, diffs and notifier together."""
