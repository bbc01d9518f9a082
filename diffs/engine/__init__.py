"""The order of the steps from snapshot to change: the only room that both stores and decides."""
