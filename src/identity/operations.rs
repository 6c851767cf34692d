//! THE TABLE of `cognito-identity`: all 23 operations of the model.

use crate::operations;

operations! {
    CreateIdentityPool Iam;
    DeleteIdentities Iam;
    DeleteIdentityPool Iam;
    DescribeIdentity Iam;
    DescribeIdentityPool Iam;
    GetCredentialsForIdentity Public;
    GetId Public;
    GetIdentityPoolRoles Iam;
    GetOpenIdToken Public;
    GetOpenIdTokenForDeveloperIdentity Iam;
    GetPrincipalTagAttributeMap Iam;
    ListIdentities Iam;
    ListIdentityPools Iam;
    ListTagsForResource Iam;
    LookupDeveloperIdentity Iam;
    MergeDeveloperIdentities Iam;
    SetIdentityPoolRoles Iam;
    SetPrincipalTagAttributeMap Iam;
    TagResource Iam;
    UnlinkDeveloperIdentity Iam;
    UnlinkIdentity Public;
    UntagResource Iam;
    UpdateIdentityPool Iam;
}
