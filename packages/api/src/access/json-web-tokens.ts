import { readFileSync } from 'node:fs';
import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { ApiError } from '../errors/api-error.ts';

export interface TokenRules {
  /** For HMAC. */
  readonly jwtSecret: string | undefined;
  /** Path of a JSON Web Key Set with public keys. */
  readonly jwtKeysFile: string | undefined;
  readonly jwtIssuer: string | undefined;
  readonly jwtAudience: string | undefined;
}

/** The subject of a valid token, which is not empty; undefined for any other. */
export type VerifyToken = (token: string) => Promise<string | undefined>;

const HMAC = ['HS256', 'HS384', 'HS512'];
const SIGNATURES = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'EdDSA',
];

/**
 * Tells whether tokens are valid: by signature, expiry, and what the rules ask for. A secret is for
 * HMAC and public keys are for signatures, so that neither is taken for the other.
 *
 * @returns undefined when there is nothing to tell by.
 * @throws ApiError BAD_OPTION when the keys cannot be read, or tokens have rules but no keys.
 */
export function createTokenVerifier(rules: TokenRules): VerifyToken | undefined {
  const { jwtSecret, jwtKeysFile, jwtIssuer, jwtAudience } = rules;
  const checks = {
    requiredClaims: ['sub', 'exp'],
    ...(jwtIssuer !== undefined && { issuer: jwtIssuer }),
    ...(jwtAudience !== undefined && { audience: jwtAudience }),
  };
  const ways: ((token: string) => Promise<string | undefined>)[] = [];
  if (jwtSecret !== undefined) {
    const secret = new TextEncoder().encode(jwtSecret);
    const options = { ...checks, algorithms: HMAC };
    ways.push(async (token) => (await jwtVerify(token, secret, options)).payload.sub);
  }
  if (jwtKeysFile !== undefined) {
    const keys = readKeySet(jwtKeysFile);
    const options = { ...checks, algorithms: SIGNATURES };
    ways.push(async (token) => (await jwtVerify(token, keys, options)).payload.sub);
  }
  if (ways.length === 0) {
    refuseUnused(rules);
    return undefined;
  }
  return async (token) => {
    for (const verify of ways) {
      const subject = await verify(token).catch(() => undefined);
      // By its type alone: a token is JSON, whose sub may be null, and all of those would be one caller.
      if (typeof subject === 'string' && subject !== '') return subject;
    }
    return undefined;
  };
}

/** Whoever says what tokens have to name does not mean to let everybody in. */
function refuseUnused({ jwtIssuer, jwtAudience }: TokenRules): void {
  if (jwtIssuer === undefined && jwtAudience === undefined) return;
  const flag = jwtIssuer === undefined ? '--jwt-audience' : '--jwt-issuer';
  throw new ApiError(
    'BAD_OPTION',
    `expected --jwt-secret or --jwt-keys-file beside ${flag}, got neither: no token could be checked`,
  );
}

function readKeySet(path: string): JWTVerifyGetKey {
  try {
    return createLocalJWKSet(JSON.parse(readFileSync(path, 'utf8')) as JSONWebKeySet);
  } catch {
    // The file's own text stays out of the message.
    throw new ApiError('BAD_OPTION', `expected a JSON Web Key Set in ${path}, got none`);
  }
}
