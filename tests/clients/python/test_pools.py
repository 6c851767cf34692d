"""User pools: defaults, what may not be, full replacement, paging, deletion."""

import pytest

from world import attributes, connect, fresh, refused

STRINGS = {"MinLength": "0", "MaxLength": "2048"}


def standard(name, kind="String", **more):
    entry = {
        "Name": name,
        "AttributeDataType": kind,
        "DeveloperOnlyAttribute": False,
        "Mutable": True,
        "Required": False,
    }
    if kind == "String":
        entry["StringAttributeConstraints"] = STRINGS
    return entry | more


STANDARD_ATTRIBUTES = [
    standard("sub", Mutable=False, Required=True, StringAttributeConstraints={"MinLength": "1", "MaxLength": "2048"}),
    *[
        standard(name)
        for name in (
            "name given_name family_name middle_name nickname preferred_username profile picture website email"
        ).split()
    ],
    standard("email_verified", "Boolean"),
    standard("gender"),
    standard("birthdate", StringAttributeConstraints={"MinLength": "10", "MaxLength": "10"}),
    *[standard(name) for name in ("zoneinfo", "locale", "phone_number")],
    standard("phone_number_verified", "Boolean"),
    standard("address"),
    standard("updated_at", "Number", NumberAttributeConstraints={"MinValue": "0"}),
]


def defaults(name):
    return {
        "Name": name,
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 8,
                "RequireUppercase": True,
                "RequireLowercase": True,
                "RequireNumbers": True,
                "RequireSymbols": True,
                "TemporaryPasswordValidityDays": 7,
            },
            "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]},
        },
        "DeletionProtection": "INACTIVE",
        "LambdaConfig": {},
        "SchemaAttributes": STANDARD_ATTRIBUTES,
        "VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_CODE"},
        "MfaConfiguration": "OFF",
        "EstimatedNumberOfUsers": 0,
        "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False, "UnusedAccountValidityDays": 7},
        "UserPoolTier": "ESSENTIALS",
        "AcrConfiguration": {f"Level{n}": {"AcrValue": f"urn:cognito:loa:{n}"} for n in range(1, 5)},
    }


def settled(pool):
    """A description without what differs from pool to pool."""
    kept = dict(pool)
    for name in ("Id", "Arn", "CreationDate", "LastModifiedDate"):
        del kept[name]
    if kept.get("UserPoolTags") == {}:
        del kept["UserPoolTags"]
    return kept


def test_a_minimal_pool_has_the_defaults_of_aws(world):
    name = fresh("pool")
    pool = world.pool(PoolName=name)
    assert settled(pool.description) == defaults(name)
    assert pool.description["Arn"] == f"arn:aws:cognito-idp:us-east-1:000000000000:userpool/{pool.id}"
    assert pool.id.startswith("us-east-1_") and len(pool.id) == len("us-east-1_") + 9 and pool.id[10:].isalnum()
    assert pool.description["CreationDate"] == pool.description["LastModifiedDate"]
    assert world.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"] == pool.description


def test_region_and_account_come_from_the_credentials(world):
    elsewhere = connect(world.url, region="eu-west-1", key="111122223333")
    pool = elsewhere.create_user_pool(PoolName=fresh("pool"))["UserPool"]
    assert pool["Id"].startswith("eu-west-1_")
    assert pool["Arn"] == f"arn:aws:cognito-idp:eu-west-1:111122223333:userpool/{pool['Id']}"
    mine = [entry["Id"] for entry in elsewhere.list_user_pools(MaxResults=60)["UserPools"]]
    assert mine == [pool["Id"]]
    here = [p["Id"] for page in world.idp.get_paginator("list_user_pools").paginate(MaxResults=60) for p in page["UserPools"]]
    assert pool["Id"] not in here
    assert world.idp.describe_user_pool(UserPoolId=pool["Id"])["UserPool"]["Arn"] == pool["Arn"]
    elsewhere.delete_user_pool(UserPoolId=pool["Id"])


def test_a_password_policy_without_flags_asks_for_nothing_but_length(world):
    pool = world.pool(Policies={"PasswordPolicy": {"MinimumLength": 10}})
    assert pool.description["Policies"]["PasswordPolicy"] == {
        "MinimumLength": 10,
        "RequireUppercase": False,
        "RequireLowercase": False,
        "RequireNumbers": False,
        "RequireSymbols": False,
        "TemporaryPasswordValidityDays": 7,
    }


def test_temporary_password_validity_is_mirrored(world):
    pool = world.pool(Policies={"PasswordPolicy": {"MinimumLength": 8, "TemporaryPasswordValidityDays": 3}})
    assert pool.description["AdminCreateUserConfig"]["UnusedAccountValidityDays"] == 3
    with refused("InvalidParameter"):
        world.idp.create_user_pool(
            PoolName=fresh("pool"),
            Policies={"PasswordPolicy": {"MinimumLength": 8, "TemporaryPasswordValidityDays": 3}},
            AdminCreateUserConfig={"UnusedAccountValidityDays": 9},
        )


def test_every_setting_that_is_given_comes_back(world):
    given = {
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 12,
                "RequireUppercase": True,
                "RequireLowercase": True,
                "RequireNumbers": True,
                "RequireSymbols": False,
                "TemporaryPasswordValidityDays": 2,
            }
        },
        "AutoVerifiedAttributes": ["email"],
        "AliasAttributes": ["email", "preferred_username"],
        "UsernameConfiguration": {"CaseSensitive": False},
        "VerificationMessageTemplate": {
            "DefaultEmailOption": "CONFIRM_WITH_CODE",
            "EmailMessage": "Hello, {####}",
            "EmailSubject": "Hello",
        },
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
        "AdminCreateUserConfig": {
            "AllowAdminCreateUserOnly": True,
            "InviteMessageTemplate": {"EmailMessage": "{username} {####}", "EmailSubject": "Welcome"},
        },
        "AccountRecoverySetting": {"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]},
        "DeletionProtection": "INACTIVE",
        "UserPoolTags": {"team": "door"},
        "UserPoolTier": "PLUS",
    }
    pool = world.pool(
        Schema=[
            {"Name": "plan", "AttributeDataType": "String", "Mutable": True},
            {
                "Name": "seats",
                "AttributeDataType": "Number",
                "Mutable": False,
                "NumberAttributeConstraints": {"MinValue": "1", "MaxValue": "9"},
            },
            {"Name": "email", "AttributeDataType": "String", "Required": True, "Mutable": True},
        ],
        **given,
    )
    seen = world.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]
    for name, value in given.items():
        if name == "AdminCreateUserConfig":
            value = value | {"UnusedAccountValidityDays": 2}
        if name == "Policies":
            assert seen[name]["PasswordPolicy"] == value["PasswordPolicy"]
        else:
            assert seen[name] == value, name
    # The top-level texts and the template are two views of one setting.
    assert (seen["EmailVerificationMessage"], seen["EmailVerificationSubject"]) == ("Hello, {####}", "Hello")
    schema = {entry["Name"]: entry for entry in seen["SchemaAttributes"]}
    assert [entry["Name"] for entry in seen["SchemaAttributes"]][:20] == [a["Name"] for a in STANDARD_ATTRIBUTES]
    assert schema["email"] == standard("email", Required=True)
    assert schema["custom:plan"] == {
        "Name": "custom:plan",
        "AttributeDataType": "String",
        "DeveloperOnlyAttribute": False,
        "Mutable": True,
        "Required": False,
        "StringAttributeConstraints": {},
    }
    assert schema["custom:seats"]["NumberAttributeConstraints"] == {"MinValue": "1", "MaxValue": "9"}
    assert schema["custom:seats"]["Mutable"] is False


@pytest.mark.parametrize(
    "settings",
    [
        {"AliasAttributes": ["email"], "UsernameAttributes": ["email"]},
        {"MfaConfiguration": "ON"},
        {"MfaConfiguration": "OPTIONAL"},
        {"Schema": [{"Name": "email", "AttributeDataType": "Number"}]},
        {"Schema": [{"Name": "plan", "AttributeDataType": "String", "Required": True}]},
        {"Schema": [{"Name": "a", "AttributeDataType": "String"}, {"Name": "a", "AttributeDataType": "String"}]},
        {
            "Schema": [
                {
                    "Name": "plan",
                    "AttributeDataType": "String",
                    "StringAttributeConstraints": {"MinLength": "9", "MaxLength": "3"},
                }
            ]
        },
    ],
)
def test_settings_that_contradict_each_other_are_refused(world, settings):
    with refused("InvalidParameter"):
        world.idp.create_user_pool(PoolName=fresh("pool"), **settings)


def test_shape_errors_are_all_named_at_once(world):
    with refused(
        "InvalidParameter",
        "1 validation error detected: Value null at 'poolName' failed to satisfy constraint: Member must not be null",
    ):
        world.loose.create_user_pool()
    with refused(
        "InvalidParameter",
        "1 validation error detected: Value 'a/b' at 'poolName' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: [\w\s+=,.@-]+",
    ):
        world.idp.create_user_pool(PoolName="a/b")
    with refused("InvalidParameter") as caught:
        world.loose.create_user_pool(PoolName="a/b" * 60, DeletionProtection="PERHAPS")
    message = caught.value.response["Error"]["Message"]
    assert message.startswith("3 validation errors detected: Value '")
    assert message.count("; Value '") == 2
    assert "at 'poolName' failed to satisfy constraint: Member must have length less than or equal to 128" in message
    assert (
        "Value 'PERHAPS' at 'deletionProtection' failed to satisfy constraint: "
        "Member must satisfy enum value set: [ACTIVE, INACTIVE]"
    ) in message


def test_update_replaces_everything_that_is_left_out(world):
    name = fresh("pool")
    pool = world.pool(
        PoolName=name,
        AutoVerifiedAttributes=["email"],
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
        EmailVerificationSubject="Hello",
        EmailVerificationMessage="Hello {####}",
    )
    answer = world.idp.update_user_pool(UserPoolId=pool.id, DeletionProtection="INACTIVE")
    assert set(answer) == {"ResponseMetadata"}
    seen = world.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]
    assert settled(seen) == defaults(name)
    assert seen["LastModifiedDate"] >= seen["CreationDate"] == pool.description["CreationDate"]
    world.idp.update_user_pool(UserPoolId=pool.id, PoolName="renamed", AutoVerifiedAttributes=["email"])
    seen = world.idp.describe_user_pool(UserPoolId=pool.id)["UserPool"]
    assert (seen["Name"], seen["AutoVerifiedAttributes"]) == ("renamed", ["email"])


def test_unknown_pools_are_not_found(world):
    missing = "us-east-1_xxxxxxxxx"
    for call in (world.idp.describe_user_pool, world.idp.update_user_pool, world.idp.delete_user_pool):
        with refused("ResourceNotFound", f"User pool {missing} does not exist."):
            call(UserPoolId=missing)
    with refused(
        "InvalidParameter",
        "1 validation error detected: Value 'nonsense' at 'userPoolId' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: [\w-]+_[0-9a-zA-Z]+",
    ):
        world.idp.describe_user_pool(UserPoolId="nonsense")


def test_listing_pages_through_all_pools(world):
    here = connect(world.url, key="444455556666")
    made = [here.create_user_pool(PoolName=f"page{number}")["UserPool"]["Id"] for number in range(5)]
    seen, token, pages = [], None, 0
    while True:
        page = here.list_user_pools(MaxResults=2, **({"NextToken": token} if token else {}))
        seen += [entry["Id"] for entry in page["UserPools"]]
        pages += 1
        for entry in page["UserPools"]:
            assert set(entry) == {"Id", "Name", "LambdaConfig", "CreationDate", "LastModifiedDate"}
        token = page.get("NextToken")
        if not token:
            break
    assert sorted(seen) == sorted(made) and pages >= 3
    for pool in made:
        here.delete_user_pool(UserPoolId=pool)
    assert here.list_user_pools(MaxResults=2)["UserPools"] == []


def test_page_sizes_and_tokens_are_checked(world):
    with refused(
        "InvalidParameter",
        "1 validation error detected: Value '61' at 'maxResults' failed to satisfy constraint: "
        "Member must have value less than or equal to 60",
    ):
        world.idp.list_user_pools(MaxResults=61)
    with refused(
        "InvalidParameter",
        "1 validation error detected: Value null at 'maxResults' failed to satisfy constraint: Member must not be null",
    ):
        world.loose.list_user_pools()
    with refused("InvalidParameter", "Invalid pagination token"):
        world.idp.list_user_pools(MaxResults=1, NextToken="nonsense")


def test_deletion_is_refused_while_protected_or_while_a_domain_stands(world):
    pool = world.pool(DeletionProtection="ACTIVE")
    with refused(
        "InvalidParameter",
        "The user pool cannot be deleted because deletion protection is activated. "
        "Deletion protection must be inactivated first.",
    ):
        world.idp.delete_user_pool(UserPoolId=pool.id)
    world.idp.update_user_pool(UserPoolId=pool.id, DeletionProtection="INACTIVE")
    domain = fresh("door")
    world.idp.create_user_pool_domain(UserPoolId=pool.id, Domain=domain)
    with refused(
        "InvalidParameter",
        "User pool cannot be deleted. It has a domain configured that should be deleted first.",
    ):
        world.idp.delete_user_pool(UserPoolId=pool.id)
    world.idp.delete_user_pool_domain(UserPoolId=pool.id, Domain=domain)
    world.idp.delete_user_pool(UserPoolId=pool.id)
    with refused("ResourceNotFound", f"User pool {pool.id} does not exist."):
        world.idp.describe_user_pool(UserPoolId=pool.id)


def test_a_deleted_pool_takes_its_people_and_clients_along(world):
    pool = world.pool()
    client = pool.client()
    world.idp.admin_create_user(UserPoolId=pool.id, Username="gone", MessageAction="SUPPRESS")
    world.idp.delete_user_pool(UserPoolId=pool.id)
    with refused("ResourceNotFound"):
        world.idp.admin_get_user(UserPoolId=pool.id, Username="gone")
    with refused("ResourceNotFound"):
        world.idp.sign_up(
            ClientId=client["ClientId"], Username="gone", Password="Whatever-1", UserAttributes=attributes(email="a@b.example")
        )
