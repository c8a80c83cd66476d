"""Loops over numbers that are compiled (numba): the only file that imports it."""
