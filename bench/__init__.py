"""Measurements of the real program that anyone can run; no test asserts them."""
