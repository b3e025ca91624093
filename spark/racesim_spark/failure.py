"""What goes wrong, as users are told."""


class Failure(Exception):
    """What failed on what, the next thing to do, and whether it is a matter of options."""

    def __init__(self, what, hint, usage=False):
        super().__init__(what)
        self.what, self.hint, self.usage = what, hint, usage
