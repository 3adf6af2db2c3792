import type { Recipe, Resource } from '../../shared/spec/resource';

export const eventRecipes: Recipe[] = [
	{
		name: 'upload',
		label: 'Upload File',
		action: 'Upload file for calendar events',
		description: 'Upload a file or image for use in calendar events',
		output: { fields: [{ name: 'fileName', type: 'string' }] },
		inputs: [{ kind: 'binary', name: 'binaryPropertyName', label: 'Input Binary Field' }],
		options: [
			{ kind: 'value', name: 'partName', type: 'string', default: 'file', description: 'Name of the form field that carries the file' },
			{ kind: 'value', name: 'uploadPath', type: 'string', default: '/calendar/upload', description: 'Path below /api/v1 that accepts uploads' },
		],
	},
];

/**
 * An event of the site's calendar. https://www.branchcms.com/learn/docs/apps/calendar/rest-api
 * The vendor shows what is read; that the same keys can be written is inferred.
 */
export const event: Resource = {
	name: 'event',
	label: 'Calendar Event',
	path: '/calendar/events',
	description: 'An event in the calendar of the site',
	methods: ['create', 'delete', 'get', 'getAll', 'replace', 'update'],
	idType: 'integer',
	openFields: true,
	keys: [{ field: 'title' }],
	list: { name: ['title'], detail: 'date', sort: 'date' },
	notes: { replace: 'Replace a calendar event. Fields that you leave out are cleared. Use Update to keep them.' },
	everyday: ['title', 'date', 'time', 'endDate', 'location', 'shortDescription'],
	fields: [
		{ name: 'date', type: 'date', filter: true, sort: true, description: 'First day' },
		{ name: 'description', type: 'text', filter: true, description: 'Description, HTML allowed' },
		{ name: 'editUrl', label: 'Edit URL', type: 'string', readOnly: true, description: 'Address in the administration, relative to the site' },
		{ name: 'endDate', type: 'date', filter: true, sort: true, description: 'Last day' },
		{ name: 'icalUrl', label: 'iCal URL', type: 'string', readOnly: true, description: 'Address of the calendar file, relative to the site' },
		{ name: 'id', label: 'ID', type: 'integer', readOnly: true, filter: true, sort: true, description: 'Identifier given by the site' },
		{ name: 'isFeatured', type: 'boolean', filter: true, description: 'Whether the event is highlighted' },
		{ name: 'isMultiDay', type: 'boolean', readOnly: true, description: 'Whether it lasts longer than a day' },
		{ name: 'isPastEvent', type: 'boolean', readOnly: true, description: 'Whether it is over' },
		{ name: 'isToday', type: 'boolean', readOnly: true, description: 'Whether it takes place today' },
		{ name: 'location', type: 'string', filter: true, description: 'Where it takes place' },
		{ name: 'phone', type: 'string', filter: true, description: 'Phone number for questions' },
		{ name: 'publishDate', type: 'date', filter: true, description: 'Day on which the event appears on the site' },
		{ name: 'repeats', type: 'boolean', readOnly: true, description: 'Whether it is repeated' },
		{ name: 'shortDescription', type: 'text', filter: true, description: 'Summary' },
		{ name: 'showOnAllDates', type: 'boolean', description: 'Whether it is shown on each of its days' },
		{ name: 'spansMultipleDays', type: 'boolean', readOnly: true, description: 'Whether it runs on without a break over several days' },
		{
			name: 'time',
			type: 'json',
			description: 'Time of day as an object: start and end as HH:MM:SS, type as timed, start, allday, tba or notime',
		},
		{ name: 'title', type: 'string', filter: true, sort: true, description: 'Title of the event' },
		{ name: 'url', label: 'URL', type: 'string', readOnly: true, description: 'Address of the event, relative to the site' },
	],
	recipes: eventRecipes,
};
