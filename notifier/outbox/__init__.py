"""The order of sending: claim, render, deliver, mark."""
