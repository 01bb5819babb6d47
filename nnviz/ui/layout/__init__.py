"""Where things stand, decided without Qt: numbers in, positions out."""
