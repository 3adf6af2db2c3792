/**
 * What server-to-server access covers: fewer requests than a user's connection.
 * https://developers.outreach.io/api/oauth/#server-to-server
 */
import type { Api, Call } from '../../shared/wire/api';

/** Methods of each path; `{id}` stands for a record. */
const COVERED: Record<string, string> = {
	'/accounts': 'GET POST',
	'/accounts/{id}': 'DELETE GET PATCH',
	'/calls': 'GET POST',
	'/calls/{id}': 'DELETE GET',
	'/events': 'GET POST',
	'/events/{id}': 'GET',
	'/kaiaVoiceImports': 'POST',
	'/mailings': 'GET',
	'/mailings/{id}': 'GET',
	'/opportunities': 'GET POST',
	'/opportunities/{id}': 'DELETE GET PATCH',
	'/prospects': 'GET POST',
	'/prospects/{id}': 'DELETE GET PATCH',
	'/sequenceStates': 'GET POST',
	'/sequenceStates/{id}': 'DELETE GET',
	'/sequenceStates/{id}/actions/finish': 'POST',
	'/sequenceStates/{id}/actions/pause': 'POST',
	'/sequenceStates/{id}/actions/resume': 'POST',
	'/sequences': 'GET POST',
	'/sequences/{id}': 'DELETE GET PATCH',
	'/sequences/{id}/actions/activate': 'POST',
	'/sequences/{id}/actions/deactivate': 'POST',
	'/snippets': 'GET',
	'/snippets/{id}': 'GET',
	'/tasks': 'GET POST',
	'/tasks/{id}': 'DELETE GET PATCH',
	'/tasks/{id}/actions/advance': 'POST',
	'/tasks/{id}/actions/deliver': 'POST',
	'/tasks/{id}/actions/logMeetInPerson': 'POST',
	'/tasks/{id}/actions/markComplete': 'POST',
	'/tasks/{id}/actions/reassignOwner': 'POST',
	'/tasks/{id}/actions/reschedule': 'POST',
	'/tasks/{id}/actions/snooze': 'POST',
	'/tasks/{id}/actions/updateNote': 'POST',
	'/tasks/{id}/actions/updateOpportunityAssociation': 'POST',
	'/templates': 'GET',
	'/templates/{id}': 'GET',
	'/users': 'GET',
	'/users/{id}': 'GET',
	'/webhooks': 'GET POST',
	'/webhooks/{id}': 'DELETE GET PATCH',
};

/** Whether server-to-server access may send a request. */
export function covers({ method, path }: Pick<Call, 'method' | 'path'>): boolean {
	const pattern = path.replace(/^(\/\w+)\/\d+/, '$1/{id}');
	return (COVERED[pattern] ?? '').split(' ').includes(method);
}

/** The REST door with the app's own key. */
export function serverToServer(api: Api): Api {
	return { ...api, credential: 'outreachS2SApi', oauth2: false, covers, identity: undefined };
}
