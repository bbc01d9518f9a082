"""From a snapshot to a version to a change: judging, comparing and explaining policy texts."""
