"""How a guest's media gets to the box."""
