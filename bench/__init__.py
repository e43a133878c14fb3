"""What Stagedoor costs and how quick it is, measured on the machine at hand: `make bench`."""
