"""Terraform: what it applies it finds again, it changes in place, it imports, and it leaves nothing behind."""

import json
import re

import terraform
from world import fresh, refused

AFTER = terraform.HERE / "after" / "main.tf"
# The addresses in it. The membership is in a file of its own: the provider cannot import that one.
IMPORTED = {".".join(names) for names in re.findall(r'^resource "(\w+)" "(\w+)"', AFTER.read_text(), re.MULTILINE)}


def import_id(address: str, values: dict) -> str:
    """What `terraform import` wants to know a resource by."""
    if address.startswith("aws_cognito_user_pool_client."):
        return f"{values['user_pool_id']}/{values['id']}"
    return values["id"]


def test_apply_change_import_destroy(workplace, world):
    prefix = fresh("tf")
    here = workplace("here", "before/main.tf", "membership.tf", prefix=prefix)
    here.apply()
    here.assert_nothing_to_do()

    before = here.resources()
    here.use(AFTER, terraform.HERE / "data.tf").apply()
    here.assert_nothing_to_do()
    after = here.resources()
    replaced = {address for address in before if before[address]["id"] != after[address]["id"]}
    assert replaced == {"aws_cognito_user_pool_domain.minimal"}

    read = here.state()["outputs"]["read"]["value"]
    pool, service = after["aws_cognito_user_pool.full"], after["aws_cognito_user_pool_client.service"]
    assert pool["id"] in read["pools"] and read["arn"] == pool["arn"]
    assert sorted(read["clients"]) == sorted([after["aws_cognito_user_pool_client.full"]["id"], service["id"]])
    assert read["secret"] == service["client_secret"] and read["groups"] == ["admins"]

    there = workplace("there", "after/main.tf", prefix=prefix)
    (there.folder / "import.tf").write_text(
        "".join(
            f"import {{\n  to = {address}\n  id = {json.dumps(import_id(address, values))}\n}}\n"
            for address, values in after.items()
            if address in IMPORTED
        )
    )
    counts, say = there.plan()
    assert counts == {"add": 0, "change": 0, "remove": 0, "import": len(IMPORTED)}, say
    there.apply("plan")
    there.assert_nothing_to_do()

    here.run("destroy", "-auto-approve")
    assert here.resources() == {}
    for name in ("minimal", "full", "people"):
        pool = after[f"aws_cognito_user_pool.{name}"]["id"]
        with refused("ResourceNotFound", f"User pool {pool} does not exist."):
            world.idp.describe_user_pool(UserPoolId=pool)
