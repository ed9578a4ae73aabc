"""The queue: what may enter, what leaves next, who sends it, what came of it."""
