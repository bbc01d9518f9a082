"""Judging pages in a separate process, whose computing time and memory are limited."""
