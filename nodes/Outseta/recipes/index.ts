/** Code of Outseta's operations that are more than one plain request, by `<resource>.<operation>`. */
import type { Recipes } from '../../shared/run/handler';
import { checkApi } from './check';
import { downloadPdf } from './invoice';
import { add, subscribe, subscribePublic } from './membership';
import { memberPeople } from './people';
import { changePassword, get, update } from './profile';
import { request } from './request';
import { change, previewChange } from './subscription';

export const recipes: Recipes = {
	handlers: {
		'accountMembership.add': add,
		'api.request': request,
		'connection.check': checkApi,
		'emailListSubscription.subscribe': subscribe,
		'emailListSubscription.subscribePublic': subscribePublic,
		'invoice.downloadPdf': downloadPdf,
		'profile.changePassword': changePassword,
		'profile.get': get,
		'profile.update': update,
		'subscription.change': change,
		'subscription.previewChange': previewChange,
	},
	people: { accountMembership: memberPeople },
};
