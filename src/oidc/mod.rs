//! OAuth2 and `OpenID` Connect endpoints: a face that translates and holds no rule.
