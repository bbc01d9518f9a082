"""Snapshots from elsewhere: folders of saved pages, other archives."""
