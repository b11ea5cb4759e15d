"""The shared keys as Terraform makes them: its own script, with one parameter in place of Parameter Store."""

import json
import re
import sys
import textwrap
import types

from schemas import ROOT, fits

DAY = 86_400


class Parameter:
    """What the rotation asks of Parameter Store."""

    class exceptions:
        class ParameterNotFound(Exception):
            pass

    value = None

    def get_parameter(self, Name, WithDecryption):
        if self.value is None:
            raise self.exceptions.ParameterNotFound
        return {"Parameter": {"Value": self.value}}

    def put_parameter(self, *, Value, Type, **_):
        assert Type == "SecureString"
        self.value = Value


def rotation(parameter):
    """The function that rotates."""
    text = (ROOT / "terraform/modules/shared-secret/main.tf").read_text()
    script = re.search(r"rotate = <<-PYTHON\n(.*?)\n *PYTHON\n", text, re.S)[1]
    sys.modules["boto3"] = types.SimpleNamespace(client=lambda _: parameter)
    names = {}
    exec(textwrap.dedent(script), names)
    return lambda: names["rotate"]({"Parameter": "keys", "Key": "alias"}, None)


async def check(world):
    """The server takes the first keys and those after a rotation; the schema does too."""
    parameter = Parameter()
    rotate = rotation(parameter)
    rotate()
    first = fits("shared-keys", json.loads(parameter.value))
    assert first["current"] == first["previous"], first
    world.check(parameter.value)
    rotate()
    assert json.loads(parameter.value) == first, "the same day it rotates nothing"
    first["current"]["created"] -= 2 * DAY
    parameter.value = json.dumps(first)
    rotate()
    second = fits("shared-keys", json.loads(parameter.value))
    assert second["previous"] == first["current"] != second["current"], second
    world.check(parameter.value)
