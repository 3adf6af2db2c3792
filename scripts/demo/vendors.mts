/** The vendors of the demo: what their simulators tell of themselves, and how n8n is connected to them. */
import type { Json } from './rest.mts';

/** What `test/simulator/cli.mts` prints about each vendor. */
export interface Access {
	outreach: { url: string; clientId: string; clientSecret: string };
	outseta: { url: string; apiKey: string; apiSecret: string; signatureKey: string };
	branchCms: { url: string; token: string };
	userlot: { url: string; apiKey: string };
}

export type VendorName = keyof Access;
export type CredentialType = 'outreachOAuth2Api' | 'outsetaApi' | 'branchCmsApi' | 'userlotApi';

interface Vendor<Name extends VendorName> {
	label: string;
	/** Option of the simulators' program that takes the port. */
	portOption: string;
	credential: {
		type: CredentialType;
		/** The name n8n itself proposes for a new credential: a flow that is imported elsewhere finds it again. */
		name: string;
		data(access: Access[Name]): Json;
		/** Whether somebody has to sign in at the vendor before it can be used. */
		signIn?: boolean;
	};
}

export const VENDORS: { [Name in VendorName]: Vendor<Name> } = {
	outreach: {
		label: 'Outreach',
		portOption: 'outreach-port',
		credential: {
			type: 'outreachOAuth2Api',
			name: 'Outreach account',
			data: ({ url, clientId, clientSecret }) => ({ clientId, clientSecret, advanced: true, baseUrl: url }),
			signIn: true,
		},
	},
	outseta: {
		label: 'Outseta',
		portOption: 'outseta-port',
		credential: {
			type: 'outsetaApi',
			name: 'Outseta account',
			data: ({ url, apiKey, apiSecret, signatureKey }) => ({ subdomain: url, apiKey, apiSecret, signatureSecret: signatureKey }),
		},
	},
	branchCms: {
		label: 'BranchCMS',
		portOption: 'branchcms-port',
		credential: {
			type: 'branchCmsApi',
			name: 'BranchCMS account',
			data: ({ url, token }) => ({ siteUrl: url, token, authentication: 'bearer' }),
		},
	},
	userlot: {
		label: 'Userlot',
		portOption: 'userlot-port',
		credential: {
			type: 'userlotApi',
			name: 'Userlot account',
			data: ({ url, apiKey }) => ({ apiUrl: url, apiKey }),
		},
	},
};

export const VENDOR_NAMES = Object.keys(VENDORS) as VendorName[];

/** What a credential of a vendor holds. */
export const credentialData = <Name extends VendorName>(name: Name, access: Pick<Access, Name>): Json =>
	VENDORS[name].credential.data(access[name]);
