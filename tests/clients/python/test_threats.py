"""Threat protection: events, feedback, and what a risk leads to."""

import pytest

from world import refused

IDENTITY = "arn:aws:ses:us-east-1:123456789012:identity/guard@example.com"


@pytest.fixture
def pool(world):
    return world.pool(UserPoolTier="PLUS", UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"})


def sign_in(world, pool, client, person, ip):
    return world.idp.admin_initiate_auth(
        UserPoolId=pool.id,
        ClientId=client["ClientId"],
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": person.username, "PASSWORD": person.password},
        ContextData={"IpAddress": ip, "ServerName": "app", "ServerPath": "/", "HttpHeaders": []},
    )


def events(world, pool, person):
    named = {"UserPoolId": pool.id, "Username": person.username}
    return world.idp.admin_list_user_auth_events(**named)["AuthEvents"]


def test_events_and_what_is_said_about_them(world, pool):
    client, person = pool.client(), pool.person()
    sign_in(world, pool, client, person, "192.0.2.1")
    [event] = events(world, pool, person)
    assert (event["EventType"], event["EventResponse"]) == ("SignIn", "Pass")
    assert event["EventContextData"]["IpAddress"] == "192.0.2.1"
    named = {"UserPoolId": pool.id, "Username": person.username, "EventId": event["EventId"]}
    world.idp.admin_update_auth_event_feedback(**named, FeedbackValue="Valid")
    [event] = events(world, pool, person)
    assert (event["EventFeedback"]["FeedbackValue"], event["EventFeedback"]["Provider"]) == ("Valid", "Admin")
    with refused("NotAuthorized", "Invalid feedback token"):
        world.idp.update_auth_event_feedback(**named, FeedbackToken="x", FeedbackValue="Invalid")


def test_a_new_place_is_refused_and_told(world, pool):
    action = {"Notify": False, "EventAction": "BLOCK"}
    given = {
        "AccountTakeoverRiskConfiguration": {
            "NotifyConfiguration": {"SourceArn": IDENTITY},
            "Actions": {"LowAction": action, "MediumAction": action, "HighAction": action},
        },
        "RiskExceptionConfiguration": {"SkippedIPRangeList": ["203.0.113.0/24"]},
    }
    world.idp.set_risk_configuration(UserPoolId=pool.id, **given)
    shown = world.idp.describe_risk_configuration(UserPoolId=pool.id)["RiskConfiguration"]
    assert {name: shown[name] for name in given} == given
    client, person = pool.client(), pool.person()
    sign_in(world, pool, client, person, "192.0.2.1")
    with refused("NotAuthorized", "Unable to login because of security reasons"):
        sign_in(world, pool, client, person, "198.51.100.1")
    sign_in(world, pool, client, person, "203.0.113.1")


def test_compromised_passwords(world, pool):
    rule = {"CompromisedCredentialsRiskConfiguration": {"Actions": {"EventAction": "BLOCK"}}}
    world.idp.set_risk_configuration(UserPoolId=pool.id, **rule)
    client = pool.client()
    with refused("InvalidPassword", "Provided password cannot be used for security reasons."):
        world.idp.sign_up(
            ClientId=client["ClientId"],
            Username="somebody",
            Password="P@ssw0rd1!",
            UserAttributes=[{"Name": "email", "Value": "somebody@example.com"}],
        )


def test_pools_without_it(world):
    pool = world.pool()
    with refused("UserPoolAddOnNotEnabled", "Threat protection is not enabled for the user pool."):
        world.idp.describe_risk_configuration(UserPoolId=pool.id)
