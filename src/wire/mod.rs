//! The AWS JSON 1.1 protocol shared by `cognito-idp` and `cognito-identity`.
