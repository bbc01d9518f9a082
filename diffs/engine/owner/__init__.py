"""What the owner enters or decides: noise, missed changes, rules by hand, the figures of a report."""
