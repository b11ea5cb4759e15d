"""The schemas of the repository, by an implementation that is not the project's own."""

import json
import pathlib

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

ROOT = pathlib.Path(__file__).parents[4]
ALL = [json.loads(path.read_text()) for path in sorted((ROOT / "schemas").glob("*.schema.json"))]
REGISTRY = Registry().with_resources((one["$id"], Resource.from_contents(one)) for one in ALL)
VALIDATORS = {
    one["$id"].rsplit("/", 1)[1].removesuffix(".schema.json"): Draft202012Validator(
        one, registry=REGISTRY, format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    for one in ALL
}


def fits(name, value):
    """Raises where a value does not fit its schema; returns it."""
    errors = [f"{error.json_path}: {error.message}" for error in VALIDATORS[name].iter_errors(value)]
    assert not errors, f"{json.dumps(value)} is no {name}: {'; '.join(errors)}"
    return value
