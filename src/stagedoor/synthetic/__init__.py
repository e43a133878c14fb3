"""A synthetic guest: a process that publishes a picture and a tone, as any other publisher does."""
