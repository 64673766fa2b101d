/**
 * The guide that every official must have finished: the letter of 2022 (3.1) wants all of them on the public-service portal, and since 1 July 2024
 * individuals sign in there with VNeID (domain.md [C]).
 */
export const OFFICIALS_GUIDE = 'portal-login'
