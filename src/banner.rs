//! What dev mode prints when it is ready: the URL first, then what to paste.

use std::fmt::Write;

use crate::addresses::Addresses;
use crate::app::App;
use crate::domain::demo::{CALLBACKS, CLIENT, PASSWORD, POOL, SECRET, SECRET_CLIENT, USERNAME};

/// The banner; its first line is the URL alone.
pub fn text(app: &App, addresses: &Addresses, demo: bool) -> String {
    let url = &app.public_url;
    let api = addresses.api();
    let region = &app.config.region;
    let mut text = format!(
        "{url}\n\nPoolhouse {} in dev mode: any AWS signature is accepted, every code is in the mailbox.\n\n  \
         Mailbox   {url}/_poolhouse/\n",
        env!("CARGO_PKG_VERSION")
    );
    if let Some(https) = addresses.https() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  Https     {https}");
    }
    if let Some(ca) = &addresses.ca {
        let _ = writeln!(
            text,
            "  Local CA  {} (poolhouse ca prints it)",
            ca.display()
        );
    }
    if !demo {
        let call = format!(
            "\n  aws cognito-idp create-user-pool --pool-name mine --region {region} --endpoint-url {api}\n\n"
        );
        text.push_str(&call);
        return text;
    }
    let [callback, _] = CALLBACKS;
    let login = format!(
        "{url}/{POOL}/oauth2/authorize?client_id={CLIENT}&response_type=code&scope=openid+email&redirect_uri={callback}"
    );
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "  Sign in   {login}\n            (the browser then goes on to {callback}, where your app listens)\n  \
         Issuer    {url}/{POOL}\n  User      {USERNAME} / {PASSWORD}\n  \
         Client    {CLIENT} (public)\n  Client    {SECRET_CLIENT} (secret {SECRET})\n\n\
         # AWS CLI (any credentials do)\n\
         export AWS_ACCESS_KEY_ID=poolhouse AWS_SECRET_ACCESS_KEY=poolhouse AWS_DEFAULT_REGION={region} \\\n       \
         AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER={api}\n\
         aws cognito-idp list-users --user-pool-id {POOL}\n\
         aws cognito-idp initiate-auth --client-id {CLIENT} --auth-flow USER_PASSWORD_AUTH \\\n    \
         --auth-parameters USERNAME={USERNAME},PASSWORD={PASSWORD}\n\n\
         # Python\n\
         boto3.client(\"cognito-idp\", region_name=\"{region}\", endpoint_url=\"{api}\", \
         aws_access_key_id=\"poolhouse\", aws_secret_access_key=\"poolhouse\")\n\n\
         # Node\n\
         new CognitoIdentityProviderClient({{ region: \"{region}\", endpoint: \"{api}\", \
         credentials: {{ accessKeyId: \"poolhouse\", secretAccessKey: \"poolhouse\" }} }})\n\n\
         # Amplify\n\
         Amplify.configure({{ Auth: {{ Cognito: {{ userPoolId: \"{POOL}\", userPoolClientId: \"{CLIENT}\", userPoolEndpoint: \"{api}/\" }} }} }})\n"
    );
    if let Some(port) = addresses.https_port {
        let _ = writeln!(
            text,
            "// and for signInWithRedirect: loginWith.oauth.domain: \"localhost:{port}/{POOL}\""
        );
    }
    text.push('\n');
    text
}
