"""What a test guest's process makes of being refused."""

from pathlib import Path

import pytest

from stagedoor.domain.errors import ForbiddenError, UnavailableError
from stagedoor.ipc.synthetic import SyntheticOrder
from stagedoor.settings import LogSettings
from stagedoor.synthetic.loop import Loop
from stagedoor.synthetic.publisher import Publisher
from tests.kit.answering import answering

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("status", "error"), [(409, ForbiddenError), (503, UnavailableError)])
async def test_a_seat_that_somebody_else_has_is_not_asked_for_again(
    tmp_path: Path, status: int, error: type[Exception]
) -> None:
    async with answering({"/api/calls/whip/g_test": (status, b"{}")}) as server:
        order = SyntheticOrder(
            look=0,
            name="Test guest 1",
            guest="g_test",
            token="token",
            host="127.0.0.1",
            port=server.port,
            trust=None,
            folder=tmp_path,
            host_addresses=("127.0.0.1",),
            log=LogSettings(),
        )
        with pytest.raises(error, match=str(status)):
            await Publisher(order, Loop((), ())).run()
