import { connectionResource } from '../../shared/spec/connection';

/** The connection of the credential. */
export const connection = connectionResource();
