"""What we watch: watch-lists, interests, declarations of others."""
