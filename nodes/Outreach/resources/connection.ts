import { connectionResource } from '../../shared/spec/connection';

/** The connection of a user or an app. */
export const connection = connectionResource();

/** The connection to the SCIM service, which has a credential of its own. */
export const scimConnection = connectionResource({ name: 'scimConnection', label: 'SCIM Connection', singular: 'SCIM connection', door: 'scim' });
