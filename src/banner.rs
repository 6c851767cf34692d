//! What dev mode prints when it is ready: the URL first, then what to paste.

use std::fmt::Write;

use crate::app::App;
use crate::boot::Demo;

/// The banner; its first line is the URL alone.
pub fn text(app: &App, demo: Option<&Demo>) -> String {
    let url = &app.public_url;
    let region = &app.config.region;
    let mut text = format!(
        "{url}\n\nPoolhouse {} in dev mode: any AWS signature is accepted, every code is in the mailbox.\n\n  \
         Mailbox   {url}/_poolhouse/\n",
        env!("CARGO_PKG_VERSION")
    );
    let Some(demo) = demo else {
        let call = format!(
            "\n  aws cognito-idp create-user-pool --pool-name mine --region {region} --endpoint-url {url}\n\n"
        );
        text.push_str(&call);
        return text;
    };
    let Demo {
        pool,
        client,
        secret_client,
        secret,
        username,
        password,
    } = demo;
    let login = format!(
        "{url}/{pool}/oauth2/authorize?client_id={client}&response_type=code&scope=openid+email&redirect_uri=http://localhost:3000/"
    );
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "  Sign in   {login}\n  Issuer    {url}/{pool}\n  User      {username} / {password}\n  \
         Client    {client} (public)\n  Client    {secret_client} (secret {secret})\n\n\
         # AWS CLI (any credentials do)\n\
         export AWS_ACCESS_KEY_ID=poolhouse AWS_SECRET_ACCESS_KEY=poolhouse AWS_REGION={region} \\\n       \
         AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER={url}\n\
         aws cognito-idp list-users --user-pool-id {pool}\n\
         aws cognito-idp initiate-auth --client-id {client} --auth-flow USER_PASSWORD_AUTH \\\n    \
         --auth-parameters USERNAME={username},PASSWORD={password}\n\n\
         # Python\n\
         boto3.client(\"cognito-idp\", region_name=\"{region}\", endpoint_url=\"{url}\")\n\n\
         # Node\n\
         new CognitoIdentityProviderClient({{ region: \"{region}\", endpoint: \"{url}\" }})\n\n\
         # Amplify\n\
         Amplify.configure({{ Auth: {{ Cognito: {{ userPoolId: \"{pool}\", userPoolClientId: \"{client}\", userPoolEndpoint: \"{url}/\" }} }} }})\n\n"
    );
    text
}
