"""Sources: each read and decoded in a thread of its own, held back by its playout delay, shown when due."""
