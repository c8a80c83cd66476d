"""Loops over bytes and numbers that are compiled (numba).

Each has a twin in plain Python or numpy that gives the same bits; tests hold one to the other. What types
a loop takes is said in its signature. Importing numba takes a third of a second, and a loop's first call
half as much again: whoever has little to do takes the twin.
"""
