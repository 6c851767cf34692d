// PostConfirmation: everybody who confirms an account becomes a member.
const GROUP = process.env.GROUP ?? "members";
const ENDPOINT = process.env.POOLHOUSE_URL ?? "http://localhost:9229";

// On AWS this is AdminAddUserToGroupCommand of @aws-sdk/client-cognito-identity-provider.
async function cognito(operation, body) {
  const answer = await fetch(ENDPOINT, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${operation}: ${await answer.text()}`);
}

/** @type {import("aws-lambda").PostConfirmationTriggerHandler} */
export async function handler(event) {
  // A password reset comes here, too.
  if (event.triggerSource === "PostConfirmation_ConfirmSignUp") {
    const { userPoolId: UserPoolId, userName: Username } = event;
    await cognito("AdminAddUserToGroup", { UserPoolId, Username, GroupName: GROUP });
  }
  return event;
}
