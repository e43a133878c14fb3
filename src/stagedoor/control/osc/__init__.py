"""Controllers by OSC: what they ask for, and the tally that they are sent."""
