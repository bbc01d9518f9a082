"""What a person or a program reads on the terminal."""
