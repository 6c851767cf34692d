"""The look of the pages: classic customization, managed-login styles, terms."""

import base64
import urllib.request

import pytest

from world import fresh, refused

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


@pytest.fixture
def house(world):
    pool = world.pool()
    world.idp.create_user_pool_domain(UserPoolId=pool.id, Domain=fresh("look"))
    return pool


def fetch(url: str):
    with urllib.request.urlopen(url) as answer:
        return answer.headers, answer.read()


def test_a_classic_look_is_set_and_taken_away(world, house):
    client = house.client()["ClientId"]
    assert world.idp.get_ui_customization(UserPoolId=house.id)["UICustomization"] == {}
    css = ".banner-customizable { padding: 25px 0px; background-color: lightgray; }"
    made = world.idp.set_ui_customization(UserPoolId=house.id, ClientId="ALL", CSS=css, ImageFile=PNG)["UICustomization"]
    assert made["ClientId"] == "ALL" and made["CSS"] == css and made["CSSVersion"].isdigit()
    headers, image = fetch(made["ImageUrl"])
    assert headers["content-type"] == "image/png" and image == PNG
    assert world.idp.get_ui_customization(UserPoolId=house.id, ClientId=client)["UICustomization"] == made
    own = world.idp.set_ui_customization(UserPoolId=house.id, ClientId=client, CSS=".label-customizable{color:red}")
    assert own["UICustomization"]["ClientId"] == client and "ImageUrl" not in own["UICustomization"]
    world.idp.set_ui_customization(UserPoolId=house.id, ClientId="ALL")
    assert world.idp.get_ui_customization(UserPoolId=house.id)["UICustomization"] == {}
    with refused("InvalidParameter"):
        world.idp.set_ui_customization(UserPoolId=house.id, CSS="body { display: none }")
    with refused("InvalidParameter"):
        world.idp.set_ui_customization(UserPoolId=house.id, ImageFile=SVG)
    homeless = world.pool()
    with refused("InvalidParameter", "There has to be an existing domain associated with this user pool"):
        world.idp.set_ui_customization(UserPoolId=homeless.id, CSS=css)


def test_a_style_lives_and_dies(world, house):
    client = house.client()["ClientId"]
    here = {"UserPoolId": house.id}
    settings = {"components": {"form": {"borderRadius": 4.0}}}
    assets = [{"Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": PNG}]
    made = world.idp.create_managed_login_branding(**here, ClientId=client, Settings=settings, Assets=assets)
    style = made["ManagedLoginBranding"]
    assert style["Settings"] == settings and style["Assets"] == assets
    with refused("ManagedLoginBrandingExists"):
        world.idp.create_managed_login_branding(**here, ClientId=client, UseCognitoProvidedValues=True)
    this = {**here, "ManagedLoginBrandingId": style["ManagedLoginBrandingId"]}
    assert world.idp.describe_managed_login_branding(**this)["ManagedLoginBranding"] == style
    by_client = world.idp.describe_managed_login_branding_by_client(**here, ClientId=client, ReturnMergedResources=True)
    merged = by_client["ManagedLoginBranding"]["Settings"]
    assert merged["components"]["form"]["borderRadius"] == 4.0 and "categories" in merged
    dark = {"Category": "FORM_LOGO", "ColorMode": "DARK", "Extension": "SVG", "Bytes": SVG}
    updated = world.idp.update_managed_login_branding(**this, Assets=[dark])["ManagedLoginBranding"]
    assert updated["Assets"] == [*assets, dark] and updated["Settings"] == settings
    provided = world.idp.update_managed_login_branding(**this, UseCognitoProvidedValues=True)["ManagedLoginBranding"]
    assert provided["UseCognitoProvidedValues"] and "Settings" not in provided
    world.idp.delete_managed_login_branding(**this)
    with refused("ResourceNotFound"):
        world.idp.describe_managed_login_branding(**this)


def test_terms_live_and_die(world, house):
    client = house.client()["ClientId"]
    here = {"UserPoolId": house.id}
    fixed = {"TermsSource": "LINK", "Enforcement": "NONE"}
    links = {"cognito:default": "https://example.com/terms", "cognito:german": "https://example.com/agb"}
    made = world.idp.create_terms(**here, **fixed, ClientId=client, TermsName="terms-of-use", Links=links)["Terms"]
    assert made["Links"] == links
    with refused("TermsExists"):
        world.idp.create_terms(**here, **fixed, ClientId=client, TermsName="terms-of-use", Links=links)
    this = {**here, "TermsId": made["TermsId"]}
    assert world.idp.describe_terms(**this)["Terms"] == made
    assert world.idp.describe_terms_by_client(**here, ClientId=client, TermsName="terms-of-use")["Terms"] == made
    listed = world.idp.list_terms(**here, MaxResults=60)["Terms"]
    assert [terms["TermsId"] for terms in listed] == [made["TermsId"]]
    links = {"cognito:default": "https://example.com/new"}
    assert world.idp.update_terms(**this, Links=links)["Terms"]["Links"] == links
    with refused("InvalidParameter", "javascript:x is not a valid terms URL."):
        world.idp.update_terms(**this, Links={"cognito:default": "javascript:x"})
    world.idp.delete_terms(**this)
    with refused("ResourceNotFound"):
        world.idp.describe_terms(**this)
