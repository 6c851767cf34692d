// The handlers of the suites, typed as on AWS: a wrong event shape does not get past handlers.test.mjs.

// After the password a word is asked for, three times at most.

/** @type {import("aws-lambda").DefineAuthChallengeTriggerHandler} */
const define = async (event) => {
  const session = event.request.session;
  const last = session.at(-1);
  const tries = session.filter(({ challengeName }) => challengeName === "CUSTOM_CHALLENGE").length;
  if (last?.challengeName === "SRP_A") event.response.challengeName = "PASSWORD_VERIFIER";
  else if (last?.challengeName === "CUSTOM_CHALLENGE" && last.challengeResult) event.response.issueTokens = true;
  else if (tries === 3) event.response.failAuthentication = true;
  else event.response.challengeName = "CUSTOM_CHALLENGE";
  return event;
};

/** @type {import("aws-lambda").CreateAuthChallengeTriggerHandler} */
const create = async (event) => {
  event.response.publicChallengeParameters = { riddle: "the word?" };
  event.response.privateChallengeParameters = { word: "swordfish" };
  return event;
};

/** @type {import("aws-lambda").VerifyAuthChallengeResponseTriggerHandler} */
const verify = async (event) => {
  event.response.answerCorrect = event.request.challengeAnswer === event.request.privateChallengeParameters.word;
  return event;
};

export const riddle = { "riddle-define": define, "riddle-create": create, "riddle-verify": verify };

/**
 * Who is known elsewhere, by user name.
 * @type {Map<string, { password: string, email: string }>}
 */
export const old = new Map();

/** @type {import("aws-lambda").UserMigrationTriggerHandler} */
export const migrate = async (event) => {
  const known = old.get(event.userName);
  if (known && (event.triggerSource === "UserMigration_ForgotPassword" || known.password === event.request.password)) {
    event.response.userAttributes = { email: known.email, email_verified: "true" };
    event.response.finalUserStatus = "CONFIRMED";
    event.response.messageAction = "SUPPRESS";
  }
  return event;
};

// AWS takes any JSON as a claim; its types know texts only.
const tenant = /** @type {any} */ ({ id: 7 });

/** @type {import("aws-lambda").PreTokenGenerationV2TriggerHandler} */
export const claims = async (event) => {
  event.response.claimsAndScopeOverrideDetails = {
    idTokenGeneration: { claimsToAddOrOverride: { tenant } },
    accessTokenGeneration: { claimsToAddOrOverride: { tenant }, scopesToAdd: ["api/read"] },
  };
  return event;
};

/** @type {import("aws-lambda").PreSignUpTriggerHandler} */
export const gate = async () => {
  throw new Error("Closed on Sundays.");
};
