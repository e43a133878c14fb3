"""What was asked of a clip, until a frame shows it."""

from concurrent.futures import Future

from stagedoor.domain.errors import StagedoorError


class Asked:
    """Answers that are owed; not for several threads at once."""

    def __init__(self) -> None:
        self._answers: list[Future[int]] = []

    def add(self) -> "Future[int]":
        """Return what will have the number of the frame."""
        self._answers.append(Future())
        return self._answers[-1]

    def answer(self, with_: int | StagedoorError) -> bool:
        """Give all of them a frame's number, or a failure; returns whether there were any."""
        answers, self._answers = self._answers, []
        for answer in answers:
            if not answer.set_running_or_notify_cancel():
                continue
            if isinstance(with_, StagedoorError):
                answer.set_exception(with_)
            else:
                answer.set_result(with_)
        return bool(answers)
