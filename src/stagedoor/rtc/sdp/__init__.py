"""Session descriptions as WHIP and WHEP use them: offers are read, answers and fragments are written."""
