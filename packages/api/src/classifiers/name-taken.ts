import { ApiError } from '../errors/api-error.ts';

export const nameTaken = (name: string): ApiError =>
  new ApiError(
    'CLASSIFIER_EXISTS',
    `expected a name that no other classifier has, got ${name}; replace: true replaces it`,
  );
