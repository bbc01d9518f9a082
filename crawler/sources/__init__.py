"""The same snapshots from elsewhere: folders of saved pages, archives."""
