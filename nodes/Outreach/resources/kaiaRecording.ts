import type { Resource } from '../../shared/spec/resource';

/** A recorded meeting or call from Kaia (ID is a UUID string). https://developers.outreach.io/api/reference/tag/Kaia-Recording/ */
export const kaiaRecording: Resource = {
	name: 'kaiaRecording',
	label: 'Kaia Recording',
	path: '/kaiaRecordings',
	description: 'A recorded meeting or call from Kaia (ID is a UUID string)',
	methods: ['get', 'getAll'],
	idType: 'string',
	list: { name: ['state'], sort: 'createdAt' },
	fields: [
		{ name: 'botInMeetingSeconds', type: 'string', readOnly: true, filter: true, maxLength: 255, description: 'Seconds the bot was in the meeting (end minus start); typed as a string' },
		{ name: 'createdAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Creation timestamp (ISO 8601, UTC); set by Outreach' },
		{ name: 'endTime', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'End of the recording' },
		{ name: 'format', type: 'options', options: [{ value: 'meeting' }, { value: 'call' }], readOnly: true, filter: true, description: 'Kind of recording' },
		{ name: 'host', type: 'json', readOnly: true, description: 'Organiser of the meeting (participant object)' },
		{ name: 'instanceId', type: 'string', readOnly: true, filter: true, maxLength: 255, description: 'UUID of the recording instance' },
		{ name: 'mediaDurationSeconds', type: 'string', readOnly: true, filter: true, maxLength: 255, description: 'Length of the media file in seconds; typed as a string; null when unknown' },
		{ name: 'participantCount', type: 'integer', readOnly: true, description: 'Number of participants' },
		{ name: 'participants', type: 'json', readOnly: true, description: 'Participants (user, prospect or external) with ID and names' },
		{ name: 'provider', type: 'string', readOnly: true, filter: true, maxLength: 255, description: 'Conference provider (zoom, teams, ...)' },
		{ name: 'recordingUrl', type: 'text', readOnly: true, maxLength: 2048, description: 'Address for viewing the recording' },
		{ name: 'sourceId', type: 'string', readOnly: true, filter: true, maxLength: 255, description: 'ID at the origin: an Outreach call ID for calls, a calendar event ID for meetings' },
		{ name: 'startTime', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Start of the recording' },
		{ name: 'state', type: 'options', options: [{ value: 'UNKNOWN' }, { value: 'CREATED' }, { value: 'STARTED' }, { value: 'ENDED' }, { value: 'DROPPED' }, { value: 'DELETED' }], readOnly: true, filter: true, description: 'State of the recording' },
		{ name: 'title', type: 'text', readOnly: true, maxLength: 65535, description: 'Title; may be null' },
		{ name: 'topics', type: 'json', readOnly: true, description: 'Topics discussed. Not returned unless named in fields[kaiaRecording].' },
		{ name: 'transcriptUrl', type: 'text', readOnly: true, maxLength: 4096, description: 'Signed address of the transcript JSON, valid about two hours. Not returned unless named in fields[kaiaRecording].' },
		{ name: 'updatedAt', type: 'dateTime', readOnly: true, filter: true, sort: true, description: 'Last-change timestamp (ISO 8601, UTC); set by Outreach' },
	],
	relations: [
		{ name: 'account', to: ['account'], readOnly: true, description: 'Linked account' },
		{ name: 'opportunity', to: ['opportunity'], readOnly: true, description: 'Linked opportunity' },
		{ name: 'owner', to: ['user'], readOnly: true, description: 'Owning user' },
	],
};
