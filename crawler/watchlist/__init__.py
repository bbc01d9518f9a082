"""What we watch: watch-lists, interests, declarations by others."""
