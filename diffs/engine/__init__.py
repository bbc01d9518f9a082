"""The order of the steps from snapshot to change: the one room that both stores and decides."""
